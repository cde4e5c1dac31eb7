# A VPC of the experiment's own, with one public subnet: hosts reach Systems Manager through the internet gateway, and
# nobody reaches them.
#
# DNS attributes of the VPC and map_public_ip_on_launch of the subnet stay as they are: the provider waits 10 s for each
# change. Hosts ask for their public addresses themselves.

resource "aws_vpc" "this" {
  cidr_block = var.vpc_cidr

  tags = { Name = var.name }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_subnet" "this" {
  vpc_id            = aws_vpc.this.id
  cidr_block        = var.subnet_cidr
  availability_zone = var.availability_zone

  tags = { Name = var.name }
}

resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }

  tags = { Name = var.name }
}

resource "aws_route_table_association" "this" {
  subnet_id      = aws_subnet.this.id
  route_table_id = aws_route_table.this.id
}

resource "aws_security_group" "this" {
  name        = var.name
  description = "Hosts of a LabHost experiment among themselves"
  vpc_id      = aws_vpc.this.id

  ingress {
    description = "Between the hosts of the cluster"
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    self        = true
  }

  dynamic "ingress" {
    for_each = length(var.allowed_ssh_cidrs) > 0 ? [var.allowed_ssh_cidrs] : []

    content {
      description = "SSH from the addresses that the plan names"
      protocol    = "tcp"
      from_port   = 22
      to_port     = 22
      cidr_blocks = ingress.value
    }
  }

  egress {
    description = "Systems Manager, package mirrors"
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }

  tags = { Name = var.name }
}
