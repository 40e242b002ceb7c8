import type { Traffic, TrafficConnection } from '../../src/connections/traffic.js';

/** Observes the connections of an application: which were opened, and which were closed. */
export function hearConnections(traffic: Traffic, followsHealthy: () => boolean) {
  const opened: TrafficConnection[] = [];
  const closed: TrafficConnection[] = [];
  traffic.observe({
    followsHealthy,
    connectionOpened: (connection) => opened.push(connection),
    connectionClosed: (connection) => closed.push(connection),
  });
  return { opened, closed };
}
