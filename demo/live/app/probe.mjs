// All that the page knows of the application comes from here: the channels of
// `node:diagnostics_channel` that nestjs-drain publishes on. An application needs nothing else to
// feed a dashboard of its own.
import { subscribe } from 'node:diagnostics_channel';

/** What is told of the message of each channel. */
const channels = {
  state: ({ state, endedBy, remainingMs }) => ({ type: 'state', state, endedBy, remainingMs }),
  'connection:open': ({ id, protocol }) => ({ type: 'open', id, protocol }),
  'connection:close': ({ id, closedBy }) => ({ type: 'close', id, closedBy }),
  'request:start': ({ id, connectionId, label }) => ({ type: 'begin', id, connectionId, label }),
  'request:end': ({ id, label, outcome }) => ({ type: 'end', id, label, outcome }),
  'hook:end': ({ name, outcome }) => ({ type: 'hook', name, outcome }),
  cut: ({ tasks }) => ({ type: 'cut', labels: tasks.map(({ label }) => label) }),
  failure: ({ where, error }) => ({ type: 'failure', where, message: String(error) }),
  report: ({ report }) => ({ type: 'report', report }),
};

export function watchShutdown(tell) {
  for (const [name, describe] of Object.entries(channels)) {
    subscribe(`nestjs-drain:${name}`, (message) => tell(describe(message)));
  }
}
