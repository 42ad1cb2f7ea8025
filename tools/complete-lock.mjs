// Adds optional platform packages that the registry did not list to package-lock.json, so that `npm ci` accepts the lock on every
// platform. Run this script after each version bump: `node tools/complete-lock.mjs`.
import { readFileSync, writeFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const platform =
  /-(android|darwin|linux|win32|freebsd|openbsd|netbsd|sunos|aix|openharmony)-?(arm64|x64|ia32|arm|riscv64|s390x|ppc64)?(?:-(musl|gnu|gnueabihf|msvc))?$/;
const packages = { ...lock.packages };
const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (packages[`node_modules/${name}`] || packages[`${path}/node_modules/${name}`]) continue;
    const match = platform.exec(name);
    if (!match) continue;
    const [, os, cpu, libc] = match;
    packages[`node_modules/${name}`] = {
      version,
      ...(cpu && { cpu: [cpu] }),
      ...(entry.dev && { dev: true }),
      ...(libc === 'musl' && { libc: ['musl'] }),
      optional: true,
      os: [os],
    };
    added.push(name);
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`Added ${added.length} packages to package-lock.json\n`);
