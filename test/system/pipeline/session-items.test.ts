import { describePipeline } from './session.ts';

describePipeline('items');
