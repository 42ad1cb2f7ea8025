import { describeFaults } from './session-faults.ts';

describeFaults('listedOnly');
