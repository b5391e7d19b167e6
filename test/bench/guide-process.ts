import { startGuide } from './guide.js';

const { SPACE = '', PROJECT = '', TOKEN = '', PUBLIC_URL = '', PORT } = process.env;

// The guide's design, in a process of its own.
await startGuide({ url: SPACE, projectId: PROJECT, apiToken: TOKEN }, PUBLIC_URL, Number(PORT));
