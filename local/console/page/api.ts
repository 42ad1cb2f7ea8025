// Calls of the server. Addresses are relative, so that each has the token of the page.
import type { Act } from '../acts/act.ts';

/** @throws Error with the server's sentence */
export async function read<Answer>(path: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const response = await fetch(`api/${path}?${new URLSearchParams(query)}`);
  if (!response.ok) throw new Error((await response.text()).trim());
  return (await response.json()) as Answer;
}

/** Resolves to what happened. @throws Error that says why nothing happened */
export async function act(asked: Act): Promise<string> {
  const response = await fetch('api/act', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(asked),
  });
  const answer = (await response.json()) as { readonly text?: string; readonly problem?: string };
  if (answer.problem !== undefined) throw new Error(answer.problem);
  return answer.text ?? '';
}
