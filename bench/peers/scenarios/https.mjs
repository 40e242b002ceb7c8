import { leaveWhileInFlight } from '../clients/in-flight.mjs';

export const title = 'HTTPS';
export const text = '20 requests of 1.5 s over TLS are in their handlers at the signal.';
export const settings = { tls: true };

export const run = leaveWhileInFlight('/slow', 20);
