import { WORK_MS } from '../budget.mjs';
import { sendAtOnce } from './http.mjs';

/** A scenario: so many slow requests have reached the application when it is told to leave. */
export function leaveWhileInFlight(path, count) {
  return async (service) => {
    const requests = sendAtOnce(service, `${path}?ms=${WORK_MS}`, count);
    await service.handling(count);
    service.leave();
    return { requests: await Promise.all(requests) };
  };
}
