import { expect } from 'vitest';

/** Registers a schema with the API of Confluent. @returns the schema's id */
export async function registerSchema(registryUrl: string, subject: string, body: object): Promise<number> {
  const response = await fetch(`${registryUrl}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { readonly id: number };
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return answer.id;
}
