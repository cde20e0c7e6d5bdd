# What the program is made of besides its own source: a row a component, from which the software bill of materials, the
# list behind `costrisk --version --json` and the copyright files of a package follow. Distributions' fixes do not reach what is
# linked statically or in headers, so that a reader of the list must be able to see which revision went in.
# Rows: name, Debian package, how it is part of the program, licence (SPDX).
set(component_rows
  "HDF5,libhdf5-dev,static,BSD-3-Clause"
  "libaec,libaec-dev,static,BSD-2-Clause"
  "zlib,zlib1g-dev,static,Zlib"
  "oneTBB,libtbb-dev,shared,Apache-2.0"
  "fmt,libfmt-dev,shared,MIT"
  "toml++,libtomlplusplus-dev,headers,MIT"
  "CLI11,libcli11-dev,headers,BSD-3-Clause"
  "JSON for Modern C++,nlohmann-json3-dev,headers,MIT"
  "Highway,libhwy-dev,headers,Apache-2.0"
  "NLopt,libnlopt-dev,shared,MIT"
  "Eigen,libeigen3-dev,headers,MPL-2.0"
  "Boost.Math,libboost-math-dev,headers,BSL-1.0"
  "libmd,libmd-dev,static,BSD-3-Clause")

if(COSTRISK_XLSXWRITER_INCLUDE)
  list(APPEND component_rows "libxlsxwriter,libxlsxwriter-dev,loaded,BSD-2-Clause")
endif()

find_program(COSTRISK_DPKG_QUERY dpkg-query)
mark_as_advanced(COSTRISK_DPKG_QUERY)
set(distribution "")
if(EXISTS /etc/os-release)
  file(STRINGS /etc/os-release id REGEX "^ID=")
  string(REGEX REPLACE "^ID=\"?([a-z]+)\"?$" "\\1" distribution "${id}")
endif()

set(component_packages "")
set(components "")  # CycloneDX components, separated by commas
# Adds one, with a package URL where the distribution's revision is known.
function(costrisk_component name version licence linkage purl)
  string(CONCAT text "{\"type\":\"library\",\"name\":\"${name}\",\"version\":\"${version}\","
         "\"licenses\":[{\"license\":{\"id\":\"${licence}\"}}],\"properties\":[{\"name\":\"costrisk:linkage\",\"value\":\"${linkage}\"}]")
  if(purl)
    string(APPEND text ",\"purl\":\"${purl}\"")
  endif()
  if(components)
    set(text "${components},\n    ${text}")
  endif()
  set(components "${text}}" PARENT_SCOPE)
endfunction()
foreach(row IN LISTS component_rows)
  string(REPLACE "," ";" row "${row}")
  list(GET row 0 name)
  list(GET row 1 package)
  list(GET row 2 linkage)
  list(GET row 3 licence)
  list(APPEND component_packages ${package})
  set(version "")
  if(COSTRISK_DPKG_QUERY)
    execute_process(COMMAND ${COSTRISK_DPKG_QUERY} -W "-f=\${Version}" ${package} OUTPUT_VARIABLE version ERROR_QUIET)
  endif()
  if(version)
    costrisk_component("${name}" "${version}" ${licence} ${linkage} "pkg:deb/${distribution}/${package}@${version}")
  else()
    costrisk_component("${name}" "unknown" ${licence} ${linkage} "")
  endif()
endforeach()
if(cuda_compiler)
  costrisk_component("CUDA runtime" "${CUDAToolkit_VERSION}" "LicenseRef-NVIDIA-CUDA-EULA" static "")
  if(COSTRISK_THRUST_INCLUDE)
    costrisk_component("CCCL" "${CUDAToolkit_VERSION}" "Apache-2.0" headers "")
  endif()
endif()
if(COSTRISK_REPORT_CHARTS_FOUND)
  file(READ ${CMAKE_SOURCE_DIR}/src/present/page/package-lock.json lock)
  foreach(package echarts zrender tslib)
    string(JSON version ERROR_VARIABLE problem GET "${lock}" packages "node_modules/${package}" version)
    string(JSON licence ERROR_VARIABLE problem GET "${lock}" packages "node_modules/${package}" license)
    costrisk_component(${package} ${version} ${licence} script "pkg:npm/${package}@${version}")
  endforeach()
endif()

# Licences that SPDX has no name for are named, not identified.
string(REPLACE "\"id\":\"LicenseRef-NVIDIA-CUDA-EULA\"" "\"name\":\"NVIDIA CUDA Toolkit EULA\"" components "${components}")
set(bill_of_materials ${CMAKE_BINARY_DIR}/generated/sbom.cdx.json)
file(CONFIGURE OUTPUT ${bill_of_materials} CONTENT [[{
  "bomFormat": "CycloneDX",
  "specVersion": "1.5",
  "version": 1,
  "metadata": {"component": {"type": "application", "name": "costrisk", "version": "@PROJECT_VERSION@"}},
  "components": [
    @components@
  ]
}
]] @ONLY)
file(READ ${bill_of_materials} text)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/costrisk_components.inc CONTENT "R\"json(@text@)json\"\n" @ONLY)
