"""The customer's page: GET shows, POST acts."""
