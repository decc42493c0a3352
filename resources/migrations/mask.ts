// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What is kept of a run holds no secrets: neither those of the environment nor passwords in addresses.

const SECRET_NAME = /PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|PASSPHRASE|API_?KEY|PRIVATE_?KEY|DSN/i;
const IN_ADDRESS = /(:\/\/[^:/@\s]*:)[^@\s]*@/g;

const values = new Set<string>();

export function learnSecrets(...more: string[]): void {
  for (const [name, value = ""] of Object.entries(process.env)) {
    if (SECRET_NAME.test(name)) values.add(value);
    const password = /:\/\/[^:/@\s]*:([^@\s]*)@/.exec(value)?.[1];
    if (password) values.add(password);
  }
  for (const value of more) values.add(value);
  for (const value of [...values]) if (value.length < 6) values.delete(value);
}

export function masked(text: string): string {
  let result = text.replace(IN_ADDRESS, "$1***@");
  for (const value of values) result = result.replaceAll(value, "***");
  return result;
}

/** SQL without the values that are written out in it. */
export function withoutLiterals(sql: string): string {
  return masked(sql.replace(/'(?:[^']|'')*'/g, "'…'"));
}
