import { WORK_MS } from '../budget.mjs';
import { sendAtOnce } from '../clients/http.mjs';

export const title = 'Background work';
export const text =
  '10 requests that are answered at once, each of which emits an event of `@nestjs/event-emitter`. Its ' +
  'handler works for 1.5 s and then needs the database. Counted is each handler: it should finish before ' +
  'the process ends.';

const COUNT = 10;

export async function run(service) {
  const answers = sendAtOnce(service, `/place?ms=${WORK_MS}`, COUNT);
  await service.handling(COUNT);
  await Promise.all(answers);
  service.leave();
  await service.exited;
  return {
    requests: [...ends(service.finished, 'ok'), ...ends(COUNT - service.finished, 'wrong')],
  };
}

function ends(count, end) {
  return Array.from({ length: count }, () => ({ end }));
}
