import { describeFaults } from './session-faults.ts';

describeFaults('listedOnly', 'one by one');
