"""The routes. Each turns a request into one call of the recommender, and its outcome into JSON."""

from service.routes import feedback, gaps, jobs, people, process, rankers, recommendations

ROUTERS = tuple(
    topic.router for topic in (recommendations, people, gaps, feedback, rankers, jobs, process)
)
