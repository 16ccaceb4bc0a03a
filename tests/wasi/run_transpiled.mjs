// Runs in Node.js a component that `jco transpile` has made a module of: run_transpiled.mjs MODULE
import { pathToFileURL } from "node:url";

const { run } = await import(pathToFileURL(process.argv[2]));
run.run();
process.exit(); // the host's worker would go on
