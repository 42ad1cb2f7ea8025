import { describePipeline } from './session.ts';

describePipeline('fromLowest');
