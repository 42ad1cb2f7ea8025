import { describeAllFaults } from './all-faults.ts';

describeAllFaults('fromLowest');
