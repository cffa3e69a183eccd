// Fresh names for each run. `crypto.randomUUID` is missing on plain HTTP, `getRandomValues` is not.

const LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

function pick(length) {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join('');
}

export const freshSku = () => `DEMO-${pick(6)}`;

export const freshUser = (letter) => `shopper-${letter}-${pick(4)}`.toLowerCase();

export const freshKey = () => `page-${pick(24)}`.toLowerCase();
