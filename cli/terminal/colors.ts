/** Whether a command may write colours: on a terminal, unless the user wants none. https://no-color.org */
export const usesColors = (
  { isTTY }: { readonly isTTY?: boolean },
  { NO_COLOR }: Readonly<Record<string, string | undefined>>,
): boolean => isTTY === true && (NO_COLOR === undefined || NO_COLOR === '');
