import { WORK_MS } from '../budget.mjs';
import { sendAtOnce } from '../clients/http.mjs';

export const title = 'A handler that never ends';
export const text =
  'One request never ends, 10 others take 1.5 s. The one that is stuck should be cut, visibly, and ' +
  'is lost only if it looks answered; the others should be answered, and the process should go.';

/** The time for what is in flight runs out. */
export const comparedMs = 6000;

const OTHERS = 10;

export async function run(service) {
  const stuck = sendAtOnce(service, '/stuck', 1);
  const others = sendAtOnce(service, `/slow?ms=${WORK_MS}`, OTHERS);
  await service.handling(OTHERS + 1);
  service.leave();
  const cut = await Promise.all(stuck);
  const answered = await Promise.all(others);
  const looksAnswered = cut.filter(({ end }) => end === 'ok').map(() => ({ end: 'wrong' }));
  return { requests: [...answered, ...looksAnswered] };
}
