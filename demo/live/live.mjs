// `npm run demo:live`: a page on which one sees an application leave, and can make it leave.
// Ctrl-C ends it, and the application with it.
import { buildSamples } from '../../sample/build.mjs';

const DEFAULT_PORT = 4400;

buildSamples();
// They load what has just been built.
const { Manager } = await import('./manager/manager.mjs');
const { openBrowser } = await import('./manager/open-browser.mjs');

const port = Number(process.env.LIVE_PORT ?? DEFAULT_PORT);
const manager = new Manager();
process.once('exit', () => manager.kill());

let isEnding = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (isEnding) return;
    isEnding = true;
    void manager.stop().then(() => process.exit(0));
  });
}

try {
  const url = await manager.start(port);
  console.log(`The page: ${url}\nCtrl-C ends it.`);
  openBrowser(url);
} catch (error) {
  if (error.code !== 'EADDRINUSE') throw error;
  console.error(`Port ${port} is taken: LIVE_PORT=${port + 1} npm run demo:live`);
  process.exitCode = 1;
}
