export function printText({
  folder,
  command,
  rootModules,
  without,
  with: ours,
  differences,
  outputEnd,
}) {
  console.log(`${command}, in ${folder}`);
  for (const [name, runs] of [
    ['without', without],
    ['with', ours],
  ]) {
    for (const run of runs) console.log(`${name.padEnd(8)} ${describe(run)}`);
  }
  console.log(`The module was put into ${rootModules} root modules.`);
  if (rootModules === 0) {
    console.log(
      'That says nothing. Under Jest: -- npx jest --setupFiles "$PWD/compat/preload.cjs"',
    );
  }
  if (differences.length === 0) console.log('No difference.');
  else console.log(`\nOnly with the module:\n${differences.map(line).join('\n')}\n\n${outputEnd}`);
}

function describe({ exit, isHung, ms, passed, failed }) {
  const tests = passed + failed === 0 ? '' : `, ${passed} tests passed, ${failed} failed`;
  return `${isHung ? 'hung' : `exit ${exit}`} after ${(ms / 1000).toFixed(1)} s${tests}`;
}

function line({ kind, what, withoutMs, withMs }) {
  const times = withMs === undefined ? '' : `: ${withMs} ms instead of ${withoutMs} ms`;
  return `- ${what} ${kind}${times}`;
}
