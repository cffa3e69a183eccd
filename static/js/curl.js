// A call as a line for a terminal.

/** Stands for the key, which is never shown. */
export const KEY_VARIABLE = 'FAIRHOLD_KEY';

/** The same call for a terminal. */
export function asCurl({ method, path, headers, body, hasKey }) {
  const quote = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const parts = ['curl -sS'];
  if (method !== 'GET') parts.push(`-X ${method}`);
  parts.push(quote(new URL(path, location.href).href));
  for (const [name, value] of Object.entries(headers)) {
    if (name !== 'accept') parts.push(`-H ${quote(`${name}: ${value}`)}`);
  }
  // In double quotes, where a shell puts in what the variable holds.
  if (hasKey) parts.push(`-H "authorization: Bearer $${KEY_VARIABLE}"`);
  if (body !== undefined) parts.push(`-d ${quote(JSON.stringify(body))}`);
  return parts.join(' ');
}
