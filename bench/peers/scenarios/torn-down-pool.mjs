import { leaveWhileInFlight } from '../clients/in-flight.mjs';

export const title = 'The database pool';
export const text =
  '20 requests of 1.5 s need the database before and after; its pool is closed in `onModuleDestroy`.';

export const run = leaveWhileInFlight('/order', 20);
