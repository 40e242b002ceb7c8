// The report of each process that has left, as the package draws it.
import { element } from './element.mjs';
import { seconds } from './seconds.mjs';

export class ReportsView {
  #section;
  #articles = new Map();

  constructor(section) {
    this.#section = section;
  }

  show({ workers }) {
    const reported = workers.filter(({ report }) => report !== undefined);
    this.#section.hidden = reported.length === 0;
    for (const worker of reported) {
      const { startedAt } = worker.report;
      if (!this.#articles.has(startedAt)) this.#articles.set(startedAt, article(worker));
    }
    const wanted = new Set(reported.map(({ report }) => report.startedAt));
    for (const key of this.#articles.keys()) if (!wanted.has(key)) this.#articles.delete(key);
    const newestFirst = [...this.#articles.values()].toReversed();
    const list = this.#section.querySelector('#report-list');
    if (list.firstChild !== (newestFirst[0] ?? null)) list.replaceChildren(...newestFirst);
  }
}

function article({ pid, number, report }) {
  const title = `report-${number}`;
  return element(
    'article',
    { className: 'panel report', 'aria-labelledby': title },
    element(
      'header',
      {},
      element('h3', { id: title, text: `Process ${pid}` }),
      element('span', { className: `result ${report.result}`, text: report.result }),
      element('p', { text: summary(report) }),
    ),
    element(
      'div',
      { className: 'picture', tabindex: 0, role: 'group', 'aria-labelledby': title },
      element('img', { src: `/report/${pid}.svg`, alt: description(report) }),
    ),
  );
}

/** For those who do not see the picture: what it shows, and the advice that is written in it. */
function description(report) {
  const states = report.states.map(({ state, ms }) => `${state} ${seconds(ms)}`);
  return [summary(report), states.join(', '), ...report.advice].join('. ');
}

function summary({ trigger, totalMs, requests, participants, exitCode }) {
  const cut = participants.reduce((sum, participant) => sum + participant.cut, 0);
  const reason = trigger.signal ?? trigger.kind;
  const end = exitCode === undefined ? '' : `, exit code ${exitCode}`;
  return `${reason}: left in ${seconds(totalMs)}, ${requests.completed} answered, ${cut} cut${end}`;
}
