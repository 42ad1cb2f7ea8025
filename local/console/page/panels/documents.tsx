import { useEffect, useState } from 'preact/hooks';
import { useRead } from '../use-read.ts';

interface Page {
  readonly documents?: readonly { readonly _id: string }[];
  readonly problem?: string;
}

const FULL_PAGE = 50;

/** The documents of the collection, in the order of their ids. */
export function Documents() {
  const [prefix, setPrefix] = useState('');
  const [after, setAfter] = useState<readonly string[]>([]);
  const [page, setPage] = useState<Page>();
  const read = useRead<Page>(setPage, (error) => setPage({ problem: error.message }));
  useEffect(() => read('documents', { prefix, after: after.at(-1) ?? '' }), [prefix, after]);
  const documents = page?.documents ?? [];
  const last = documents.at(-1)?._id;
  return (
    <div class="browse">
      <div class="search">
        <label for="prefix">Ids that begin with</label>
        <input
          id="prefix"
          type="search"
          value={prefix}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => {
            setPrefix(currentTarget.value);
            setAfter([]);
          }}
        />
        <button
          type="button"
          class="button plain"
          disabled={after.length === 0}
          onClick={() => setAfter(after.slice(0, -1))}
        >
          Previous
        </button>
        <button
          type="button"
          class="button plain"
          disabled={documents.length < FULL_PAGE || last === undefined}
          onClick={() => last !== undefined && setAfter([...after, last])}
        >
          Next
        </button>
        <button type="button" class="button plain" onClick={() => setAfter([...after])}>
          Read again
        </button>
      </div>
      {page?.problem !== undefined && <p class="aside">{page.problem}</p>}
      {page !== undefined && documents.length === 0 && page.problem === undefined && (
        <p class="aside">There is no such document.</p>
      )}
      <ul class="rows">
        {documents.map((document) => (
          <li key={document._id}>
            <details>
              <summary>
                <span class="code">{document._id}</span>
                <span class="row-aside">{summaryOf(document)}</span>
              </summary>
              <pre tabIndex={0}>{JSON.stringify(document, null, 2)}</pre>
            </details>
          </li>
        ))}
      </ul>
    </div>
  );
}

function summaryOf(document: object): string {
  const { status, revision, review } = document as Readonly<Record<string, unknown>>;
  if (review !== undefined) return `review ${String(review)}`;
  return status === undefined ? '' : `${String(status)}, revision ${String(revision)}`;
}
