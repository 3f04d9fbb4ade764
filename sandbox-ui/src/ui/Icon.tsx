const PATHS = {
  play: 'M7 5l11 7-11 7z',
  code: 'M8 7l-5 5 5 5M16 7l5 5-5 5M14 4l-4 16',
  file: 'M14 3H6v18h12V7zM14 3v4h4',
  gear: 'M12 8.5a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2',
  key: 'M15 7a4 4 0 11-3.5 6L6 18.5V21H3v-3l6-6A4 4 0 0115 7z',
  trace: 'M4 6h7M4 12h12M10 18h10',
  sun: 'M12 7a5 5 0 100 10 5 5 0 000-10zM12 1v2M12 21v2M1 12h2M21 12h2M4 4l1.5 1.5M18.5 18.5L20 20M20 4l-1.5 1.5M5.5 18.5L4 20',
  moon: 'M20 14a8 8 0 01-10-10 8 8 0 1010 10z',
  stop: 'M7 7h10v10H7z',
  copy: 'M9 9h11v11H9zM5 15V4h11',
  expand: 'M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7',
  link: 'M10 14a4 4 0 005.7 0l3-3a4 4 0 00-5.7-5.7l-1 1M14 10a4 4 0 00-5.7 0l-3 3a4 4 0 005.7 5.7l1-1',
  tool: 'M14.7 6.3a1 1 0 000 1.4l1.6 1.6a1 1 0 001.4 0l3.77-3.77a6 6 0 01-7.94 7.94l-6.91 6.91a2.12 2.12 0 01-3-3l6.91-6.91a6 6 0 017.94-7.94l-3.76 3.76z',
  warn: 'M12 4l9 16H3zM12 10v4M12 17v.5',
  ok: 'M4 12l5 5L20 6',
  x: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  undo: 'M9 7L4 12l5 5M4 12h10a6 6 0 010 12',
  chevron: 'M9 6l6 6-6 6',
  history: 'M12 7v5l3 2M4 12a8 8 0 108-8 8 8 0 00-6 3M4 4v4h4',
  bulb: 'M9 18h6M10 21h4M12 3a6 6 0 00-4 10c1 1 1 2 1 3h6c0-1 0-2 1-3a6 6 0 00-4-10z',
  eye: 'M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 100 6 3 3 0 000-6z',
  search: 'M11 4a7 7 0 100 14 7 7 0 000-14zM16 16l5 5',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M9 9v.5',
  fork: 'M6 4v10M6 14a3 3 0 100 6 3 3 0 000-6zM18 4a3 3 0 100 6 3 3 0 000-6zM18 10c0 5-6 4-9 5.5',
  up: 'M6 15l6-6 6 6',
  down: 'M6 9l6 6 6-6',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  out: 'M10 4H5v16h5M9 12h11M16 8l4 4-4 4',
  refresh: 'M20 11a8 8 0 10-2 6M20 4v7h-7',
} as const;

export type IconName = keyof typeof PATHS;

export const Icon = ({ name, size = 16 }: { name: IconName; size?: number }) => (
  <svg
    width={size}
    height={size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <path d={PATHS[name]} />
  </svg>
);

export const Logo = () => (
  <svg
    viewBox="0 0 32 32"
    width="26"
    height="26"
    fill="none"
    stroke="currentColor"
    stroke-width="2.4"
    stroke-linecap="round"
    aria-hidden="true"
  >
    <circle cx="16" cy="16" r="14" />
    <path d="M16 16c0-5 4-7 7-6M16 16c5 0 7 4 6 7M16 16c0 5-4 7-7 6M16 16c-5 0-7-4-6-7" />
  </svg>
);
