import { describeFaults } from './session-faults.ts';

describeFaults('rewind');
