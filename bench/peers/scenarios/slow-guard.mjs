import { leaveWhileInFlight } from '../clients/in-flight.mjs';

export const title = 'In a guard';
export const text = '20 requests are in a guard that takes 1.5 s, before any interceptor.';

export const run = leaveWhileInFlight('/guarded', 20);
