import express from 'express';

// The least that Express can do: a constant for everything.
const app = express();
app.use((_request, response) => {
  response.send('ok');
});
app.listen(Number(process.env.PORT), '127.0.0.1');
