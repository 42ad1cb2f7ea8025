import { describeFaults } from './session-faults.ts';

describeFaults('fromLowest', 'all at once');
