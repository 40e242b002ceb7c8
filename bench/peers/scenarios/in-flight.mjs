import { leaveWhileInFlight } from '../clients/in-flight.mjs';

export const title = 'Requests in flight';
export const text = '20 requests of 1.5 s are in their handlers at the signal.';

export const run = leaveWhileInFlight('/slow', 20);
