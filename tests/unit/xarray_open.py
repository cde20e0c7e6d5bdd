"""Opens results files in xarray with both HDF5 engines: one with kept paths, one without, and one with kept paths
of a scenario without jobs and services.

usage: xarray_open.py KEPT PLAIN BARE

Exits with 77 where xarray or an engine is not installed.
"""
import sys

try:
    import h5netcdf  # noqa: F401
    import h5py
    import netCDF4  # noqa: F401
    import numpy as np
    import xarray as xr
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

PLANS = ["on-demand", "spot", "mixed"]
SHAPES = {
    "cost_mean": ("plan",),
    "cost_quantile": ("plan", "probability"),
    "category_mean": ("plan", "category"),
    "owner_quantile": ("plan", "owner", "probability"),
    "finish_quantile": ("plan", "job", "probability"),
    "served": ("plan", "service"),
    "unserved_mean": ("plan", "service"),
    "peak_instances_mean": ("plan", "service"),
    "wait_mean": ("plan", "service"),
    "service_cost_mean": ("plan", "service"),
    "unit_cost_quantile": ("plan", "service", "probability"),
    "token_cost_quantile": ("plan", "service", "probability"),
    "use_hours_mean": ("plan", "market", "purchase"),
    "waste_mean": ("plan", "waste_kind"),
    "coverage": ("plan",),
    "utilization": ("plan",),
    "commitment_cost": ("plan",),
    "discount_cost": ("plan",),
    "commitment_savings_mean": ("plan",),
    "obligation": ("plan",),
    "fan_quantile": ("plan", "time", "probability"),
    "cheaper": ("plan", "other_plan"),
}


def check_root(path, engine):
    with xr.open_dataset(path, engine=engine) as root:
        assert list(root["plan"].values) == PLANS, root["plan"].values
        assert list(root["job"].values) == ["pretrain", "tune"]
        assert list(root["service"].values) == ["chat", "batch"]
        assert list(root["owner"].values) == ["research", "platform ü", "unused"]
        for name, dimensions in SHAPES.items():
            assert root[name].dims == dimensions, (name, root[name].dims)
            assert root[name].dtype == np.float64, (name, root[name].dtype)
            assert root[name].attrs["description"], name
            assert root[name].attrs["units"] in ("USD", "h", "1"), name
        assert root["cost_mean"].attrs["units"] == "USD"
        median = root["cost_quantile"].sel(plan="spot", probability=0.5).item()
        assert root["cost_min"].sel(plan="spot") < median < root["cost_max"].sel(plan="spot")
        assert np.isinf(root["finish_quantile"].sel(plan="spot", job="tune", probability=0.95))
        assert 0.9 < root["served"].sel(plan="spot", service="chat") < 1.0
        assert np.isnan(root["served"].sel(plan="mixed", service="batch"))
        assert np.isinf(root["unit_cost_quantile"].sel(plan="spot", service="chat", probability=0.95))
        assert np.isnan(root["token_cost_quantile"].sel(service="batch")).all()
        assert root["wait_mean"].attrs["units"] == "h"
        assert root["obligation"].sel(plan="spot") == 250000.0
        assert np.isnan(root["utilization"].sel(plan="on-demand"))
        assert root["time"].values[-1] == 672.0
        assert root.attrs["filetype"] == "costrisk"
        assert list(root.attrs["format_version"]) == [2, 2]
        assert root.attrs["seed"] == 42
        assert root.attrs["currency"] == "USD"
        return root["cost_mean"].values


def check_paths(path, engine, means):
    with xr.open_dataset(path, engine=engine, group="paths") as paths:
        assert paths["cost"].dims == ("plan", "path"), paths["cost"].dims
        assert paths["finish"].dims == ("plan", "job", "path"), paths["finish"].dims
        assert paths["finish"].dtype == np.float32
        assert list(paths["plan"].values) == PLANS
        assert paths.sizes["path"] == 70000
        assert np.allclose(paths["cost"].mean("path").values, means, rtol=1e-9)
        assert np.isnan(paths["finish"].sel(plan="mixed", job="tune")).all()
        assert np.isinf(paths["finish"].sel(plan="spot", job="tune")).any()
        assert paths["served"].dims == ("plan", "service", "path"), paths["served"].dims
        assert paths["served"].dtype == np.float32
        assert list(paths["service"].values) == ["chat", "batch"]
        chat = paths["served"].sel(plan="spot", service="chat")
        assert chat.min() == 0.0 and chat.max() <= 1.0
        assert np.isnan(paths["served"].sel(plan="mixed", service="batch")).all()


def check_scales(path):
    """Every dataset has units and a description, and every axis that is no scale itself one in its own group; nothing
    is of a kind that a netCDF reader drops."""

    def visit(name, item):
        if not isinstance(item, h5py.Dataset):
            return
        assert item.attrs["units"] and item.attrs["description"], name
        if item.attrs.get("CLASS") == b"DIMENSION_SCALE":
            return
        folder = item.parent.name
        for axis in item.dims:
            assert len(axis) == 1, (name, "axis without a scale")
            assert axis[0].parent.name == folder, (name, "scale in another group")
        assert item.dtype.kind in "iufO" and item.dtype.byteorder in "<|=", (name, item.dtype)

    with h5py.File(path) as file:
        file.visititems(visit)


def check_bare(path, engine):
    with xr.open_dataset(path, engine=engine) as root:
        for name in ("job", "service", "served", "unit_cost_quantile", "finish_quantile"):
            assert name not in root, name
        assert root["cost_mean"].dims == ("plan",)
        assert root["obligation"].values == [0.0]
    with xr.open_dataset(path, engine=engine, group="paths") as paths:
        assert paths["cost"].dims == ("plan", "path"), paths["cost"].dims
        assert "served" not in paths and "finish" not in paths
    with xr.open_dataset(path, engine=engine, group="tally") as tally_group:
        assert tally_group["cheaper"].dims == ("plan", "other_plan")


kept, plain, bare = sys.argv[1:]
check_scales(bare)
for engine_name in ("h5netcdf", "netcdf4"):
    check_bare(bare, engine_name)
for file in (kept, plain):
    check_scales(file)
    for engine_name in ("h5netcdf", "netcdf4"):
        cost_means = check_root(file, engine_name)
        if file == kept:
            check_paths(file, engine_name, cost_means)
        with xr.open_dataset(file, engine=engine_name, group="tally") as tally_group:
            assert tally_group["cheaper"].dims == ("plan", "other_plan")
