import { place } from '../../app/routes.ts';
import '../../styles/sessions.css';
import { Compare } from './Compare.tsx';
import { SessionList } from './SessionList.tsx';
import { SessionPage } from './SessionPage.tsx';

/** The list, one session, or two side by side: as the address says. */
export function Sessions() {
  const { rest, query } = place.value;
  const other = query.get('with');
  if (rest && other) return <Compare key={`${rest}+${other}`} ids={[rest, other]} />;
  if (rest) return <SessionPage key={rest} id={rest} />;
  return <SessionList />;
}
