// A part of the engine: simulates the futures that it is asked for, or adds up what the others have.
// Messages in: {call, …}; out: {call, …}, one an answer, in their order.
let engine;

const folder = "/0/1/2/3/4/5/6/7/scenario";  // files may lie above it

/** The absolute path of a file that the scenario names. */
function resolved(name) {
  const parts = [];
  for (const part of `${name.startsWith("/") ? "" : folder}/${name}`.split("/"))
    if (part === "..") parts.pop();
    else if (part && part !== ".") parts.push(part);
  return `/${parts.join("/")}`;
}

async function start({ wasm, files }) {
  const module = await costriskLive({ wasmBinary: wasm });
  module.FS.mkdirTree(folder);
  for (const [name, bytes] of files) {
    const path = resolved(name);
    module.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")) || "/");
    module.FS.writeFile(path, bytes);
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
  const { call } = data;
  try {
    const answer = (await calls[call](data)) ?? {};
    postMessage({ call, ...answer }, answer.image ? [answer.image.buffer] : []);
  } catch (problem) {
    postMessage({ call, error: String(problem.message ?? problem) });
  }
}

// One after the other: the next call waits for the engine to have started.
let last = Promise.resolve();
onmessage = ({ data }) => (last = last.then(() => answer(data)));
