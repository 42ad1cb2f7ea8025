import { describePipeline } from './session.ts';

describePipeline('rewind');
