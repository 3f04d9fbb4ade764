// What time it is: in UTC, or so many minutes from it.
export const schema = {
  description: 'The current date and time, in UTC or at a fixed offset from it.',
  parameters: {
    type: 'object',
    properties: {
      utc_offset_minutes: {
        type: 'integer',
        minimum: -840,
        maximum: 840,
        description: 'Minutes east of UTC; 0 without it.',
      },
    },
    additionalProperties: false,
  },
};

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export function run({ utc_offset_minutes: offset = 0 }) {
  const local = new Date(Date.now() + offset * 60000);
  const hours = Math.floor(Math.abs(offset) / 60);
  const minutes = Math.abs(offset) % 60;
  const zone =
    offset === 0
      ? 'Z'
      : (offset < 0 ? '-' : '+') + String(hours).padStart(2, '0') + ':' + String(minutes).padStart(2, '0');
  return { time: local.toISOString().slice(0, 19) + zone, weekday: DAYS[local.getUTCDay()] };
}
