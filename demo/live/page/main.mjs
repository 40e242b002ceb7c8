// The page: events change the model, the model is shown. What moves with the time is drawn again a
// few times a second, the rest when it has changed.
import { announce } from './announcements.mjs';
import { showButtons } from './buttons.mjs';
import { Clock } from './clock.mjs';
import { showCounts } from './counts.mjs';
import { listen } from './events.mjs';
import { LogView } from './log-view.mjs';
import { apply, isAlive, newModel } from './model.mjs';
import { ReportsView } from './reports-view.mjs';
import { showStatus } from './status.mjs';
import { WorkersView } from './workers-view.mjs';

let model = newModel();
let isConnected = false;
let hasChanged = true;

const clock = new Clock();
const workers = new WorkersView(document.querySelector('#workers'));
const reports = new ReportsView(document.querySelector('#reports'));
const log = new LogView(document.querySelector('#log'));

listen({
  event(event) {
    if (event.type === 'snapshot') {
      clock.set(event.at);
      model = event.model;
    } else {
      apply(model, event);
    }
    hasChanged = true;
    announce(event);
  },
  connection(isOpen) {
    isConnected = isOpen;
    hasChanged = true;
  },
});

/** Where the axis ends. */
let now = 0;

clock.eachTick(() => {
  const isMoving = isConnected && isAlive(model);
  // Once nothing runs, nothing happens: time stands still, and all that happened stays in sight.
  now = isMoving ? clock.now() : Math.max(now, model.lastAt);
  workers.show(model, now);
  if (!hasChanged) return;
  hasChanged = false;
  showStatus(model, isConnected);
  showButtons(model, isConnected);
  showCounts(model);
  reports.show(model);
  log.show(model);
});
