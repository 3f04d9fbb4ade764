import { signal } from '@preact/signals';

/** Where the page is: `#/tab/rest?query`. Everything that a link should restore stands in it. */
export interface Place {
  tab: string;
  rest: string;
  query: URLSearchParams;
}

function read(): Place {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [tab = '', ...rest] = path.split('/');
  return {
    tab: tab || 'playground',
    rest: rest.map(decodeURIComponent).join('/'),
    query: new URLSearchParams(query),
  };
}

export const place = signal<Place>(read());
addEventListener('hashchange', () => (place.value = read()));

export function href(tab: string, rest = '', query: Record<string, string> = {}): string {
  const path = rest ? `/${rest.split('/').map(encodeURIComponent).join('/')}` : '';
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `#/${tab}${path}${search ? `?${search}` : ''}`;
}

export const go = (tab: string, rest = '', query: Record<string, string> = {}): void => {
  location.hash = href(tab, rest, query);
};

/** The same page seen differently: the back button should not stop here. */
export function replacePlace(tab: string, rest = '', query: Record<string, string> = {}): void {
  history.replaceState(null, '', href(tab, rest, query));
  place.value = read();
}
