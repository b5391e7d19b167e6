import { startGuide } from './guide.js';

const { SPACE = '', PROJECT = '', TOKEN = '', PUBLIC_URL = '', PORT } = process.env;

// Runs the guide's design as a process.
await startGuide({ url: SPACE, projectId: PROJECT, apiToken: TOKEN }, PUBLIC_URL, Number(PORT));
