// Numbers, shares and times in the reader's locale; durations in English, since they stand in sentences.

const NUMBER = new Intl.NumberFormat();
const COMPACT = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const SCORE = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

const DAY = { month: 'short', day: 'numeric' };
const MINUTE = { hour: 'numeric', minute: '2-digit' };
const SECOND = { ...MINUTE, second: '2-digit' };
const DATE_TIME = new Intl.DateTimeFormat(undefined, { year: 'numeric', ...DAY, ...MINUTE, timeZoneName: 'short' });
const EXACT_TIME = new Intl.DateTimeFormat(undefined, { year: 'numeric', ...DAY, ...SECOND, timeZoneName: 'short' });
const DAY_AND_MINUTE = new Intl.DateTimeFormat(undefined, { ...DAY, ...MINUTE });
const DAY_ONLY = new Intl.DateTimeFormat(undefined, DAY);
const MINUTE_OF_DAY = new Intl.DateTimeFormat(undefined, MINUTE);
const SECOND_OF_DAY = new Intl.DateTimeFormat(undefined, SECOND);

const format = (formatter) => (value) => {
  if (!Number.isFinite(value)) throw new TypeError(`${value} is not a number`);
  return formatter.format(value);
};

export const number = format(NUMBER);
export const compactNumber = format(COMPACT);
export const score = format(SCORE);
export const percent = format(PERCENT);

/** For values that have not arrived, or that do not apply. */
export const NO_VALUE = '–';
export const numberOrDash = (value) => (value === null ? NO_VALUE : number(value));

export const signed = (delta) => (delta > 0 ? `+${number(delta)}` : delta < 0 ? `−${number(-delta)}` : '·');

/** `1 unit`, `1,905 units`. */
export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;
export const units = (count) => plural(count, 'unit');

export const dateTime = (time) => DATE_TIME.format(new Date(time));
export const exactTime = (time) => EXACT_TIME.format(new Date(time));
export const dayOnly = (time) => DAY_ONLY.format(new Date(time));
export const minuteOfDay = (time) => MINUTE_OF_DAY.format(new Date(time));
export const secondOfDay = (time) => SECOND_OF_DAY.format(new Date(time));

/** As short as it can be without ambiguity: the time alone on the day of `now`, else the date too. */
export function shortTime(time, now = Date.now()) {
  const isToday = new Date(time).toDateString() === new Date(now).toDateString();
  return isToday ? secondOfDay(time) : DAY_AND_MINUTE.format(new Date(time));
}

/** `2 minutes`, `1 minute 30 seconds`. */
export function duration(seconds) {
  const parts = [
    [Math.floor(seconds / 3_600), 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ];
  return parts.filter(([count]) => count > 0).map(([count, unit]) => plural(count, unit)).join(' ') || '0 seconds';
}

/** 75 s as `1:15`, from an hour on `1:00:00`. A started second counts whole. */
export function countdown(milliseconds) {
  const left = Math.max(0, Math.ceil(milliseconds / 1_000));
  const two = (digits) => String(digits).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(left / 3_600), Math.floor(left / 60) % 60, left % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
