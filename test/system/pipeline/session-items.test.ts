import { describePipeline } from './session.ts';

describePipeline('listedOnly');
