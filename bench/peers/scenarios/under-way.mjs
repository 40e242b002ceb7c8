import { leaveUnder } from '../clients/under-way.mjs';

export const title = 'Requests under way';
export const text = '20 requests of 1.5 s are in their handlers at the signal.';

export const run = leaveUnder('/slow', 20);
