import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Act } from '../acts/act.ts';
import { act } from './api.ts';

export interface ActButtonProps {
  readonly act: Act;
  readonly children: ComponentChildren;
  /** What a screen reader says, where the text alone is not enough. */
  readonly label?: string;
  readonly disabled?: boolean;
  readonly tone?: 'plain' | 'main';
  readonly onDone?: (text: string) => void;
}

/** A button that asks the server for something, and says what came of it. */
export function ActButton({ act: asked, children, label, disabled = false, tone = 'plain', onDone }: ActButtonProps) {
  const [isBusy, setBusy] = useState(false);
  const click = async () => {
    setBusy(true);
    const text = await act(asked).catch((error: Error) => error.message);
    setBusy(false);
    onDone?.(text);
  };
  return (
    <button
      type="button"
      class={`button ${tone}`}
      aria-label={label}
      aria-busy={isBusy}
      disabled={disabled || isBusy}
      onClick={() => void click()}
    >
      {children}
    </button>
  );
}
