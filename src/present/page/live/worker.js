// A part of the engine: simulates the futures that it is asked for, or adds up what the others have.
// Messages in: {call, run, …}; out: {run, …}. `run` numbers the settings that it was asked for, so that late answers
// are dropped.
let engine;

async function start({ wasm, files }) {
  const module = await costriskLive({ wasmBinary: wasm });
  module.FS.mkdir("/scenario");
  for (const [name, bytes] of files) {
    const parts = name.split("/");
    for (let i = 1; i < parts.length; ++i) {
      const folder = `/scenario/${parts.slice(0, i).join("/")}`;
      if (!module.FS.analyzePath(folder).exists) module.FS.mkdir(folder);
    }
    module.FS.writeFile(`/scenario/${name}`, bytes);
  }
  const text = (name, ...kinds) => {
    const call = module.cwrap(`live_${name}`, "string", kinds);
    return (...values) => {
      const answer = JSON.parse(call(...values));
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer;
    };
  };
  engine = {
    module,
    describe: text("describe", "string", "string"),
    open: text("open", "string", "string", "number"),
    simulate: text("simulate", "number", "number"),
    add: text("add", "number", "number"),
    results: text("results"),
    take() {
      const size = module._live_take_image();
      return module.HEAPU8.slice(module._live_image(), module._live_image() + size);
    },
  };
}

const calls = {
  start,
  describe: ({ toml, settings }) => ({ description: engine.describe(toml, settings) }),
  open: ({ toml, settings, paths }) => engine.open(toml, settings, paths),
  simulate({ first, count }) {
    const begin = performance.now();
    engine.simulate(first, count);
    return { image: engine.take(), first, count, milliseconds: performance.now() - begin };
  },
  add({ image }) {
    const place = engine.module._malloc(image.length);
    engine.module.HEAPU8.set(image, place);
    try {
      engine.add(place, image.length);
    } finally {
      engine.module._free(place);
    }
  },
  results: () => ({ results: engine.results() }),
};

async function answer(data) {
  const { call, run } = data;
  try {
    const answer = (await calls[call](data)) ?? {};
    postMessage({ call, run, ...answer }, answer.image ? [answer.image.buffer] : []);
  } catch (problem) {
    postMessage({ call, run, error: String(problem.message ?? problem) });
  }
}

// One after the other: the next call waits for the engine to have started.
let last = Promise.resolve();
onmessage = ({ data }) => (last = last.then(() => answer(data)));
