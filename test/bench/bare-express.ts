import express from 'express';

// Express as it comes, which answers a constant to everything.
const app = express();
app.use((_request, response) => {
  response.send('ok');
});
app.listen(Number(process.env.PORT), '127.0.0.1');
