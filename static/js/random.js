// Random names for each run. `crypto.randomUUID` is missing on plain HTTP, `getRandomValues` is not.

const LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

function pick(length) {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join('');
}

export const randomSku = () => `DEMO-${pick(6)}`;

export const randomUser = (letter) => `shopper-${letter}-${pick(4)}`.toLowerCase();

export const randomIdempotencyKey = () => `page-${pick(24)}`.toLowerCase();
