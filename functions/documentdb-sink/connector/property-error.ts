import { MskSinksError } from '../../../shared/errors.ts';

/** A property of the connector file cannot be followed. The message names the property, its value and the remedy. */
export class PropertyError extends MskSinksError {
  override readonly name = 'PropertyError';
  readonly property: string;

  /** @param problem the problem with the value and the remedy, in words of this project */
  constructor(property: string, value: string, problem: string) {
    super(`${property}=${value}: ${problem}`);
    this.property = property;
  }
}
