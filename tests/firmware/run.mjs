// Runs the radio board's own files under MicroPython (WebAssembly) with a scripted radio. Lines go to the file
// descriptor that is this process's standard output: a serial line in the test.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [, , modules, firmware, script, wanted] = process.argv;
const { loadMicroPython } = await import(
  pathToFileURL(path.join(modules, "@micropython/micropython-webassembly-pyscript/micropython.mjs"))
);
const mp = await loadMicroPython({ heapsize: 4 * 1024 * 1024, stdout: (text) => process.stderr.write(text + "\n") });
mp.FS.mkdirTree("/lib/radio");
for (const name of fs.readdirSync(path.join(firmware, "radio"))) {
  if (name.endsWith(".py")) mp.FS.writeFile(`/lib/radio/${name}`, fs.readFileSync(path.join(firmware, "radio", name)));
}
mp.registerJsModule("line", {
  write: (text) => {
    let at = 0;
    while (at < text.length) {
      try {
        at += fs.writeSync(1, text.slice(at, at + 4096));
      } catch (problem) {
        if (problem.code !== "EAGAIN") throw problem;
      }
    }
  },
});
mp.globals.set("WANTED", Number(wanted));
mp.runPython(fs.readFileSync(script, "utf8"));
