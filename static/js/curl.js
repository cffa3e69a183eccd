// A request as a curl command.

/** The shell variable that stands for the key, which is never shown. */
export const KEY_VARIABLE = 'FAIRHOLD_KEY';

export function asCurl({ method, path, headers, body, hasKey }) {
  const quote = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const parts = ['curl -sS'];
  if (method !== 'GET') parts.push(`-X ${method}`);
  parts.push(quote(new URL(path, location.href).href));
  for (const [name, value] of Object.entries(headers)) {
    if (name !== 'accept') parts.push(`-H ${quote(`${name}: ${value}`)}`);
  }
  // In double quotes, so that the shell expands the variable.
  if (hasKey) parts.push(`-H "authorization: Bearer $${KEY_VARIABLE}"`);
  if (body !== undefined) parts.push(`-d ${quote(JSON.stringify(body))}`);
  return parts.join(' ');
}
